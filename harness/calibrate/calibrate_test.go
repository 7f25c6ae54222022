package calibrate

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"maildrill/harness/record"
)

// TestMain lets the test binary be a victim.
func TestMain(m *testing.M) {
	if args := os.Getenv("MAILDRILL_VICTIM"); args != "" {
		if err := Victim(context.Background(), strings.Fields(args), os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func self(args ...string) *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), "MAILDRILL_VICTIM="+strings.Join(args, " "))
	return cmd
}

// TestQuick is the quick form: every row passes, every mutant is caught. MAILDRILL_CALIBRATE=full takes the full form, or names of rows.
func TestQuick(t *testing.T) {
	dir, err := Scratch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	o := Options{Seed: 1, Dir: dir, Self: self}
	if rows := os.Getenv("MAILDRILL_CALIBRATE"); rows == "full" {
		o.Full = true
	} else {
		o.Only = strings.Fields(rows)
	}
	c, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Rows {
		t.Logf("%s %-8s %4d cases %6.2f s %s %v", r.ID, r.Result, r.Cases, r.Seconds, r.Reason, r.Figures)
		if r.Result == record.RowFailed {
			t.Errorf("%s (%s): %d of %d cases failed, the first: %s", r.ID, r.Title, r.Failed, r.Cases, r.Reason)
		}
	}
	for _, m := range c.Mutants {
		t.Logf("%s: caught by %s: %.200s", m.Name, m.CaughtBy, m.Reason)
		if m.CaughtBy == "" {
			t.Errorf("mutant %s (%s) was not caught", m.Name, m.What)
		}
	}
	t.Log(c.Summary)
}
