package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"maildrill/reports/history/historytest"
	"maildrill/reports/history/store"
)

// thousand makes a folder of 1,000 runs.
func thousand(b *testing.B) string {
	root := b.TempDir()
	historytest.Write(b, root, historytest.Population(1, 1000))
	old := time.Now().Add(-time.Hour)
	paths, err := filepath.Glob(filepath.Join(root, "*", "record.json"))
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range paths {
		if err := os.Chtimes(p, old, old); err != nil {
			b.Fatal(err)
		}
	}
	return root
}

func BenchmarkSyncOf1000Records(b *testing.B) {
	root := thousand(b)
	for _, c := range []struct {
		name string
		open func(b *testing.B) (*store.Store, error)
	}{
		{"new", func(b *testing.B) (*store.Store, error) {
			b.StopTimer()
			defer b.StartTimer()
			_ = os.Remove(filepath.Join(root, store.Name))
			return store.Open(b.Context(), root)
		}},
		{"unchanged", func(b *testing.B) (*store.Store, error) { return store.Open(b.Context(), root) }},
		{"in memory", func(b *testing.B) (*store.Store, error) { return store.OpenInMemory(b.Context(), root) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				s, err := c.open(b)
				if err != nil {
					b.Fatal(err)
				}
				if done, err := s.Sync(b.Context()); err != nil || done.Runs != 1000 {
					b.Fatal(done, err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("read all", func(b *testing.B) {
		s, err := store.Open(b.Context(), root)
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		for b.Loop() {
			if runs, err := s.Runs(b.Context(), store.Filter{}.Query()); err != nil || len(runs) != 1000 {
				b.Fatal(fmt.Sprint(len(runs)), err)
			}
		}
	})
}
