package console

import (
	"strings"
	"testing"
	"time"

	"maildrill/harness/exercise"
)

func TestClockFace(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0:00", 7 * time.Second: "0:07", 247 * time.Second: "4:07", time.Hour + 4*time.Minute: "1:04:00", -90 * time.Second: "\u22121:30", -400 * time.Millisecond: "0:00", 59*time.Minute + 59*time.Second: "59:59",
	} {
		if got := clock(d); got != want {
			t.Errorf("clock(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestCountdowns(t *testing.T) {
	now := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) *time.Time { t := now.Add(-d); return &t }
	r := exercise.Record{State: exercise.Running, Started: ago(10 * time.Minute), Fault: ago(4 * time.Minute), Held: 60,
		Injects: []exercise.Inject{{ID: "later", Due: number(900)}, {ID: "demand"}, {ID: "soon", Due: number(660)}}}
	live := &exercise.Live{Targets: map[string]float64{"imap": 300, "mx": 60, "pop3": 60}, Lanes: []exercise.Lane{
		{Service: "imap", Cells: []string{"up", "down"}, DownSince: ago(time.Minute)}, {Service: "mx", Cells: []string{"down"}, DownSince: ago(90 * time.Second)}, {Service: "pop3", Cells: []string{"strange"}}}}
	v := newView(&look{Record: r, Live: live, At: now}, Operator)
	if got := v.Clocks[0].Text(); got != "4:00" {
		t.Errorf("since the fault: %s", got)
	}
	for i, want := range []string{"4:00", "\u22120:30", "none"} {
		got := v.Targets[i].State
		if v.Targets[i].Left != nil {
			got = v.Targets[i].Left.Text()
		}
		if got != want || v.Targets[i].Over() != strings.HasPrefix(want, "\u2212") {
			t.Errorf("%s: %s, over: %v, want %s", v.Targets[i].Service, got, v.Targets[i].Over(), want)
		}
	}
	for i, want := range []string{"soon 2:00", "later 6:00", "demand"} { // a minute of hold puts them off
		got := v.Waiting[i].ID
		if due := v.Waiting[i].Due; due != nil {
			got += " " + due.Text()
		}
		if got != want {
			t.Errorf("inject %d: %s, want %s", i, got, want)
		}
	}
	r.HeldSince = ago(30 * time.Second)
	if got := newView(&look{Record: r, At: now}, Operator).Waiting[0].Due.Text(); got != "2:30" {
		t.Errorf("on hold the next inject is in %s, want it to stand still at 2:30", got)
	}
}

func TestLanesAreDrawnFlushRight(t *testing.T) {
	got := lanes(&exercise.Live{Lanes: []exercise.Lane{{Service: "mx", Cells: []string{"up", "up", "down", "?"}}}})[0]
	want := []run{{"up", mostCells - 4, 2, laneHeight - 6, 6}, {"down", mostCells - 2, 1, 0, laneHeight}, {"none", mostCells - 1, 1, laneHeight - 2, 2}}
	if len(got.Runs) != len(want) || got.State != "none" {
		t.Fatalf("%d runs, now %s", len(got.Runs), got.State)
	}
	for i := range want {
		if got.Runs[i] != want[i] {
			t.Errorf("run %d is %v, want %v", i, got.Runs[i], want[i])
		}
	}
	long := lanes(&exercise.Live{Lanes: []exercise.Lane{{Cells: make([]string, mostCells+100)}}})[0]
	if long.Runs[0].X != 0 || long.Runs[0].Width != mostCells {
		t.Errorf("a long lane begins at %d and is %d wide", long.Runs[0].X, long.Runs[0].Width)
	}
}

func TestFaultsOfADrillThatEnded(t *testing.T) {
	r := sample(exercise.Stopped)
	r.Drill = &exercise.Drill{Faults: []exercise.Fault{{Kind: "node.crash", Injected: at(0), Effective: true, Clean: true}, {Kind: "disk.loss"}}}
	v := newView(&look{Record: r, At: time.Now()}, Observer)
	if len(v.Windows) != 2 || v.Windows[0].Proof != "clean" || v.Windows[1].Proof != "waiting" {
		t.Errorf("windows: %v", v.Windows)
	}
}

func TestHeat(t *testing.T) {
	h := newHeat([]Row{{Name: "a", Cells: []Cell{{Column: "x", Age: Fresh}}}, {Name: "b", Cells: []Cell{{Column: "y", Age: "odd"}, {Column: "x", Age: Due}}}})
	if len(h.Columns) != 2 || h.Rows[0].Cells[1] != nil || h.Rows[1].Cells[0].Age != Due || h.Rows[1].Cells[1].Age != Never {
		t.Errorf("the table is %+v", h)
	}
}

func TestATrendHasGaps(t *testing.T) {
	s := newSpark(sampleShelf().trends[0])
	if len(s.Lines) != 2 || len(s.Dots) != 4 {
		t.Errorf("%d lines and %d dots, want 2 and 4", len(s.Lines), len(s.Dots))
	}
	if s := newSpark(Trend{Points: []Point{{Value: number(0)}}}); s.Dots[0].Y == "NaN" || s.Dots[0].X == "NaN" {
		t.Errorf("a single zero is at %v", s.Dots[0])
	}
}
