# Stands in for golang:bookworm: Debian's Go, with what the official image has of its own and of buildpack-deps.
FROM debian:bookworm-slim
ENV PATH=/go/bin:/usr/local/go/bin:$PATH GOPATH=/go
RUN apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates gcc golang-go libc6-dev media-types netbase zip && \
    rm -rf /var/lib/apt/lists/* && \
    ln -s /usr/lib/go-* /usr/local/go && \
    mkdir -p /usr/local/go/lib/time "$GOPATH/bin" "$GOPATH/src" && \
    cd /usr/share/zoneinfo && \
    zip -q -0 -r /usr/local/go/lib/time/zoneinfo.zip .
WORKDIR /go
CMD ["bash"]
