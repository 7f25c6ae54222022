package faults

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// flap is node.flap: a crash that the timeline turns on and off.
type flap struct {
	aimed[crashable]
	down, up time.Duration
	count    int
}

// shortestPeriod leaves a server time to start between two crashes.
const shortestPeriod = time.Second

func newFlap(decode func(any) error) (Fault, error) {
	with := struct {
		Period time.Duration `yaml:"period"`
		Duty   string        `yaml:"duty"`
		Count  int           `yaml:"count"`
	}{Period: 10 * time.Second, Duty: "50%"}
	if err := decode(&with); err != nil {
		return nil, err
	}
	duty, err := share(with.Duty)
	switch {
	case err != nil:
		return nil, fmt.Errorf("duty is %q; valid: a percentage such as 50%%", with.Duty)
	case !(duty > 0 && duty < 1): // not a number is refused too
		return nil, fmt.Errorf("duty is %s; valid: more than 0%%, less than 100%%", with.Duty)
	case with.Period < shortestPeriod:
		return nil, fmt.Errorf("period is %v; valid: %v and more", with.Period, shortestPeriod)
	case with.Count < 0:
		return nil, fmt.Errorf("count is %d; valid: 0 and more", with.Count)
	}
	down := time.Duration(duty * float64(with.Period))
	return &flap{aimed: aimed[crashable]{work: &crash{}, kind: "node.flap"}, down: down, up: with.Period - down, count: with.Count}, nil
}

// share reads a percentage: "25%" is 0.25.
func share(text string) (float64, error) {
	number, ok := strings.CutSuffix(strings.TrimSpace(text), "%")
	if !ok {
		return 0, fmt.Errorf("no %% sign in %q", text)
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	return v / 100, err
}

func (f *flap) Cycle() (down, up time.Duration, count int) { return f.down, f.up, f.count }
