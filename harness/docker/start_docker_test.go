package docker_test

import (
	"context"
	"testing"
	"time"

	"maildrill/harness/topology"
)

// BenchmarkStart measures a start and a close of six nodes with images
// present; the runtime is found outside the clock.
func BenchmarkStart(b *testing.B) {
	for _, kind := range []struct {
		name    string
		faulted []string
	}{{"all-held", nil}, {"one-held", []string{"mx1"}}} {
		b.Run(kind.name, func(b *testing.B) {
			cli := needEngine(b)
			image, r := agentRef(b, cli), runtime(b)
			var starting, closing time.Duration
			for b.Loop() {
				began := time.Now()
				s, err := r.Start(b.Context(), shape(image, "mx1", "mx2", "store", "relay"), topology.Options{RunID: runID(), Faulted: kind.faulted})
				if err != nil {
					b.Fatal(err)
				}
				started := time.Now()
				if err := s.Close(context.Background()); err != nil {
					b.Fatal(err)
				}
				starting, closing = starting+started.Sub(began), closing+time.Since(started)
			}
			b.ReportMetric(starting.Seconds()/float64(b.N), "start-s/op")
			b.ReportMetric(closing.Seconds()/float64(b.N), "close-s/op")
		})
	}
}
