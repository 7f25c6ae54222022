ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN command -v dovecot >/dev/null || { apt-get update && apt-get install -y --no-install-recommends dovecot-imapd dovecot-lmtpd && rm -rf /var/lib/apt/lists/*; }
COPY imap.sh /usr/local/bin/
RUN chmod 0755 /usr/local/bin/imap.sh
EXPOSE 143 2102 2525
CMD ["imap.sh"]
