ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends unbound && rm -rf /var/lib/apt/lists/*
RUN printf 'server:\n  interface: 0.0.0.0\n  do-ip6: no\n  access-control: 0.0.0.0/0 allow\n' >/etc/unbound/unbound.conf.d/mail.conf
EXPOSE 53/udp
CMD ["unbound", "-d"]
