// Tally reads what the tests on real containers have collected in the file that
// MAILDRILL_PROVEN names, and prints it as a table, kind by kind.
//
//	go run ./faults/faulttest/tally [-merge faults/proven.json] FILE
//
// With -merge it puts what was proven into that file, which the program embeds.
// It ends with 1 if a case failed.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"maildrill/faults"
)

func main() {
	merge := flag.String("merge", "", "put what was proven into this `file`")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: tally [-merge FILE] FILE")
		os.Exit(64)
	}
	whole, err := run(flag.Arg(0), *merge, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
	}
	if err != nil || !whole {
		os.Exit(1)
	}
}

// run tells whether every case has passed.
func run(collected, into string, out io.Writer) (whole bool, err error) {
	lines, err := os.ReadFile(collected)
	if err != nil {
		return false, err
	}
	tries, err := read(lines)
	if err != nil {
		return false, fmt.Errorf("%s: %w", collected, err)
	}
	sums := sum(tries)
	if err := table(out, sums); err != nil {
		return false, err
	}
	if into != "" {
		if err := mergeFile(into, sums); err != nil {
			return false, err
		}
	}
	for _, s := range sums {
		if !passed(s) {
			return false, nil
		}
	}
	return len(sums) > 0, nil
}

func mergeFile(path string, sums []faults.Proven) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if text, err = merged(text, sums); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, text, 0o644)
}

// table prints a line for each kind, and one for all.
func table(out io.Writer, sums []faults.Proven) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kind\tsuite\tpassed cases\tseconds\t")
	var all faults.Proven
	for _, s := range sums {
		mark := ""
		if !passed(s) {
			mark = "FAILED"
		}
		fmt.Fprintf(w, "%s\t%s\t%d of %d\t%.1f\t%s\n", s.Kind, suite(s), s.Passed, s.Cases, s.Seconds, mark)
		all.Passed, all.Cases, all.Seconds = all.Passed+s.Passed, all.Cases+s.Cases, all.Seconds+s.Seconds
	}
	fmt.Fprintf(w, "%d kinds\t\t%d of %d\t%.1f\t\n", len(sums), all.Passed, all.Cases, all.Seconds)
	return w.Flush()
}

func suite(p faults.Proven) string {
	if p.Full {
		return "full"
	}
	return "quick"
}
