import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.ZoneId;

/** Reads a file beside it, a time zone and the certificates that Java trusts. */
public class Main {
    public static void main(String[] arguments) throws Exception {
        System.out.println(System.getProperty("greeting") + ", " + Files.readString(Path.of("name.txt")).strip());
        System.out.println("Java " + Runtime.version().feature() + ", " + ZoneId.of("Europe/Berlin").getRules().isFixedOffset());
        var store = KeyStore.getInstance(Path.of(System.getProperty("java.home"), "lib/security/cacerts").toFile(), "changeit".toCharArray());
        System.out.println("certificates: " + (store.size() > 50));
    }
}
