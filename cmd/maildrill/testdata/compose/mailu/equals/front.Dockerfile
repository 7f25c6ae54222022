ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN command -v haproxy >/dev/null || { apt-get update && apt-get install -y --no-install-recommends haproxy && rm -rf /var/lib/apt/lists/*; }
COPY front.cfg /etc/haproxy/front.cfg
EXPOSE 25 143 587
CMD ["haproxy", "-W", "-db", "-f", "/etc/haproxy/front.cfg"]
