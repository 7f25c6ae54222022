ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN command -v dovecot >/dev/null || { apt-get update && apt-get install -y --no-install-recommends dovecot-imapd && rm -rf /var/lib/apt/lists/*; }
COPY admin.sh accounts.pl flask /usr/local/bin/
RUN chmod 0755 /usr/local/bin/admin.sh /usr/local/bin/accounts.pl /usr/local/bin/flask
EXPOSE 8080 8143
CMD ["admin.sh"]
