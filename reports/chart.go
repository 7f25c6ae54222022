package reports

import (
	"maps"
	"math"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// axis maps seconds of the run to the cells of a line.
type axis struct {
	end   float64 // seconds
	cells int
}

// cell is where a moment falls; what lies outside is drawn at the edge.
func (a axis) cell(at float64) int {
	c := at / a.end * float64(a.cells)
	if !(c > 0) { // also: not a number
		return 0
	}
	return int(math.Min(c, float64(a.cells-1)))
}

// draw fills the cells from one moment to another; a stretch shorter than a
// cell still shows.
func (a axis) draw(line []byte, from, to float64, with byte) {
	for i := a.cell(from); i <= a.cell(to); i++ {
		line[i] = with
	}
}

func (a axis) blank(with byte) []byte {
	return []byte(strings.Repeat(string(with), a.cells))
}

const (
	longestLabel = 26
	fewestCells  = 20
	mostLanes    = 16 // of services
)

// chart draws phases, faults and the outages of each service over time, in
// letters only. Without phases there is nothing to draw on. Of a label that is
// too long both ends are kept: nodes of a kind differ at the end.
func chart(r record.Record, width int) []string {
	labels := 0
	for _, f := range r.Faults {
		labels = max(labels, words.Columns(words.Plain(f.Step)))
	}
	shown, _ := lanes(r)
	for _, key := range shown {
		labels = max(labels, words.Columns(words.Plain(key)))
	}
	labels = min(labels, longestLabel, width/3)
	a := axis{end: length(r), cells: width - labels - 1}
	if !(a.end > 0) || math.IsInf(a.end, 0) || a.cells < fewestCells {
		return nil
	}
	rows := []string{strings.Repeat(" ", labels+1) + a.scale(), strings.Repeat(" ", labels+1) + a.phases(r)}
	for _, f := range r.Faults {
		if f.Injected != nil {
			rows = append(rows, words.Pad(words.Squeeze(words.Plain(f.Step), labels), labels)+" "+a.fault(f))
		}
	}
	for _, key := range shown {
		rows = append(rows, words.Pad(words.Squeeze(words.Plain(key), labels), labels)+" "+a.service(r, r.Services[key]))
	}
	return rows
}

// lanes are the services that were gone: those that are drawn, whole services
// before those of single nodes, and those for which there is no room.
func lanes(r record.Record) (shown, left []string) {
	for _, key := range slices.Sorted(maps.Keys(r.Services)) {
		if len(r.Services[key].Outages) > 0 {
			shown = append(shown, key)
		}
	}
	slices.SortStableFunc(shown, func(a, b string) int { return strings.Count(a, "@") - strings.Count(b, "@") })
	n := min(len(shown), mostLanes)
	return shown[:n], shown[n:]
}

// length is the end of the last phase, in seconds.
func length(r record.Record) float64 {
	end := 0.0
	for _, p := range r.Phases {
		end = math.Max(end, p.Ended)
	}
	return end
}

// scale is the line with the first and the last second.
func (a axis) scale() string {
	last := words.High(a.end) + " s"
	return words.Pad("0 s", a.cells-len(last)) + last
}

// phases is the line with their names, each at its beginning, as far as there
// is room.
func (a axis) phases(r record.Record) string {
	line := a.blank(' ')
	for _, p := range r.Phases {
		from, to := a.cell(p.Began), a.cell(p.Ended)
		text := []byte("|" + ascii(words.Plain(p.Name)))
		copy(line[from:max(from+1, to)], text)
	}
	return string(line)
}

// ascii replaces what takes more than one byte, so that a byte is a cell.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, s)
}

func (a axis) fault(f record.Fault) string {
	line := a.blank('.')
	over := a.end
	if f.Healed != nil {
		over = upper(f.Healed, a.end)
	}
	a.draw(line, f.Injected.Low, over, '=')
	if f.Effective != nil {
		a.draw(line, upper(f.Effective, a.end), over, '#')
	}
	return string(line)
}

func (a axis) service(r record.Record, s record.Service) string {
	line := a.blank('-')
	for _, o := range s.Outages {
		gone, steady := a.end, a.end
		if o.FirstSuccess != nil {
			gone = *o.FirstSuccess
		}
		if at, ok := recovered(r, o); ok {
			steady = math.Max(at, gone)
		}
		if a.cell(steady) > a.cell(gone) {
			a.draw(line, gone, steady, '~')
		}
		a.draw(line, o.Began.Low, gone, 'x')
	}
	return string(line)
}

// recovered is the moment from which a service was stable: its recovery time
// counts from when the fault became effective.
func recovered(r record.Record, o record.Outage) (float64, bool) {
	i := slices.IndexFunc(r.Faults, func(f record.Fault) bool { return f.Step == o.Step })
	if o.RTA.High == nil {
		return 0, false
	}
	if i < 0 || r.Faults[i].Effective == nil {
		return o.Began.Low + *o.RTA.High, true
	}
	return r.Faults[i].Effective.Low + *o.RTA.High, true
}

// upper is the upper end of an interval, or the given end of time.
func upper(i *record.Interval, end float64) float64 {
	if i.High == nil {
		return end
	}
	return *i.High
}
