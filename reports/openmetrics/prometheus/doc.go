// Package prometheus reads the golden files of openmetrics with Prometheus' own
// parsers: that of its scraper for OpenMetrics, and that of node_exporter and the
// push gateway for the older text format. Both must find the same samples.
//
// It is a module of its own, so that maildrill does not take on what Prometheus
// needs.
package prometheus
