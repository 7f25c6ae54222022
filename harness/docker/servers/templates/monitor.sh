# What is watched comes up together with its monitor; to call that an outage
# would be a false alarm. Twenty seconds are waited for it, at most.
for at in{{range .Ports}} {{.}}{{end}}; do
  until timeout 1 bash -c "exec 3<>/dev/tcp/$at" 2>/dev/null || [ $SECONDS -ge 20 ]; do sleep 0.2; done
done
# Small: a few series, for as long as a drill lasts.
export GOMAXPROCS=1 GOGC=50
prometheus-blackbox-exporter --config.file=/etc/prometheus/blackbox.yml --web.listen-address=127.0.0.1:9115 --log.level=warn &
prometheus-alertmanager --config.file=/etc/prometheus/alertmanager.yml --storage.path=/tmp/alertmanager \
  --web.listen-address=127.0.0.1:9093 --cluster.listen-address= --log.level=debug &
exec prometheus --config.file=/etc/prometheus/prometheus.yml --storage.tsdb.path=/tmp/prometheus \
  --storage.tsdb.retention.time=1h --storage.tsdb.wal-segment-size=10MB --web.listen-address=:9090 --log.level=warn
