ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN command -v postfix >/dev/null || { apt-get update && apt-get install -y --no-install-recommends postfix && rm -rf /var/lib/apt/lists/*; }
COPY smtp.sh /usr/local/bin/
RUN chmod 0755 /usr/local/bin/smtp.sh
EXPOSE 25 10587
CMD ["smtp.sh"]
