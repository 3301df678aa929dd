# Stands in for rust:slim-bookworm: Debian's Rust.
FROM debian:bookworm-slim
ENV PATH=/usr/local/cargo/bin:$PATH CARGO_HOME=/usr/local/cargo
RUN apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates cargo gcc libc6-dev && \
    rm -rf /var/lib/apt/lists/*
CMD ["bash"]
