// What a server may read when it runs: the user's name through the C library, files beside it, certificates, time
// zones, types of files and names of services.
package main

import (
	"crypto/x509"
	"fmt"
	"mime"
	"net"
	"os"
	"os/user"
	"strings"
	"time"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	page := string(must(os.ReadFile("templates/page.txt")))
	fmt.Printf("%s, %s\n", os.Getenv("GREETING"), strings.TrimSpace(page))
	fmt.Println("user:", must(user.Current()).Username)
	fmt.Println("certificates:", len(must(x509.SystemCertPool()).Subjects()) > 50)
	noon := time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)
	fmt.Println("time:", noon.In(must(time.LoadLocation(os.Args[1]))).Format("15:04 MST"))
	fmt.Println("csv:", mime.TypeByExtension(".csv"))
	fmt.Println("port:", must(net.LookupPort("tcp", "postgresql")))
}
