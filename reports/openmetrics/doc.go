// Package openmetrics writes what runs measured as metrics: in OpenMetrics 1.0
// (https://openmetrics.io), and such that a reader of the older text format of
// Prometheus takes it too: the textfile collector of node_exporter, a push
// gateway, a merge request's metrics report. So every metric is a gauge; of the
// types that only OpenMetrics has, state sets are written by their convention,
// one sample a state with 0 or 1, and types are not.
//
// The rules that it keeps:
//
//   - What is not known has no sample. There is never a 0 in its place. The upper
//     end of a time that was not over is +Inf, which no target admits.
//   - Base units: seconds, ratios, bytes.
//   - Every sample says which scenario it is about, on which runtime and under
//     which clock. Of several runs of the same, the last is shown; maildrill_runs
//     counts them all by how they ended.
//   - Samples bear no time of their own. When a run ended is a metric: alert on
//     its age.
package openmetrics
