package prometheus

import (
	"errors"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

// scraped reads a text as Prometheus does when a target answers in OpenMetrics:
// values by name and labels.
func scraped(text []byte) (map[string]float64, error) {
	found := map[string]float64{}
	p := textparse.NewOpenMetricsParser(text, labels.NewSymbolTable())
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		if entry != textparse.EntrySeries {
			continue
		}
		var l labels.Labels
		p.Labels(&l)
		_, at, value := p.Series()
		if at != nil {
			return nil, errors.New("a sample bears a time")
		}
		if _, twice := found[l.String()]; twice {
			return nil, errors.New("twice: " + l.String())
		}
		found[l.String()] = value
	}
}

// collected reads a text as node_exporter's textfile collector does.
func collected(text []byte) (map[string]float64, error) {
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(strings.NewReader(string(text)))
	if err != nil {
		return nil, err
	}
	found := map[string]float64{}
	for name, f := range families {
		for _, m := range f.GetMetric() {
			all := map[string]string{model.MetricNameLabel: name}
			for _, l := range m.GetLabel() {
				all[l.GetName()] = l.GetValue()
			}
			if m.Gauge == nil {
				return nil, errors.New("no gauge: " + name)
			}
			found[labels.FromMap(all).String()] = m.GetGauge().GetValue()
		}
	}
	return found, nil
}

func files(t *testing.T) []string {
	t.Helper()
	own, err := filepath.Glob("../testdata/*.metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	samples, err := filepath.Glob("../../testdata/*.metrics.txt")
	if err != nil || len(own) == 0 || len(samples) == 0 {
		t.Fatalf("no files to read: %v", err)
	}
	return append(own, samples...)
}

func TestBothParsersReadTheSame(t *testing.T) {
	for _, name := range files(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		open, err := scraped(text)
		if err != nil {
			t.Errorf("%s: Prometheus: %v", name, err)
			continue
		}
		old, err := collected(text)
		if err != nil {
			t.Errorf("%s: text format: %v", name, err)
			continue
		}
		same := func(a, b float64) bool { return a == b || math.Abs(a-b) < 1e-9 }
		if !maps.EqualFunc(open, old, same) {
			t.Errorf("%s: %d samples by one parser, %d by the other, or not the same", name, len(open), len(old))
		}
		lines := 0
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "#") {
				lines++
			}
		}
		if len(open) != lines || lines == 0 {
			t.Errorf("%s: %d samples read of %d written", name, len(open), lines)
		}
	}
}

// The parsers see what is wrong.
func TestParsersFindDefects(t *testing.T) {
	text, err := os.ReadFile(files(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	good := string(text)
	for _, c := range []struct{ name, old, new string }{
		{"no end", "# EOF\n", ""}, {"a quote", `scenario="s"`, `scenario="s""`}, {"no value", "} 1\n", "} \n"}, {"unknown type", "gauge", "meter"}, {"not a number", "} 1\n", "} one\n"},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("%s: nothing was planted", c.name)
		}
		if _, err := scraped([]byte(bad)); err == nil {
			t.Errorf("%s was not found", c.name)
		}
	}
}
