ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN command -v rspamd >/dev/null || { apt-get update && apt-get install -y --no-install-recommends rspamd && rm -rf /var/lib/apt/lists/*; }
COPY rspamd.conf rspamd.tld /etc/rspamd-small/
EXPOSE 11332
CMD ["rspamd", "-f", "-c", "/etc/rspamd-small/rspamd.conf", "-u", "_rspamd", "-g", "_rspamd"]
