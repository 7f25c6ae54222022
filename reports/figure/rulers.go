package figure

import (
	"fmt"
	"math"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/words"
)

// rulers show what was asked for on the axis of time: until when each service
// had to be back, and from when on mail was allowed to be lost.
type rulers struct {
	*stage
	placed
	lanes *lanes
	rtos  []rto
	rpos  []rpo
	rows  int
}

// rto is the moment at which services had to be back after a fault: between
// these seconds, since the moment of the fault is not known better.
type rto struct {
	services []string
	target   float64
	step     string
	at       record.Interval
	row      int // of its label, -1: no room
}

// rpo is the stretch before a fault of which mail may be lost.
type rpo struct {
	from, to float64
	target   float64
	lost     []float64 // when each copy that is lost was accepted
	step     string
	side     side // where the label is
}

// side is where a label is.
type side uint8

const (
	nowhere side = iota
	leftSide
	rightSide
)

const (
	rulerPitch    = 14
	rulerRowsMost = 3
)

func newRulers(s *stage, l *lanes) *rulers {
	r := &rulers{stage: s, lanes: l}
	for _, o := range s.record.Objectives {
		most, ok := o.Target["max"]
		if !ok || !finite(most) {
			continue
		}
		if service, ok := strings.CutPrefix(o.Name, "rto."); ok {
			for _, d := range s.deadlines(service, most) {
				r.add(d)
			}
		}
		if o.Name == "rpo" {
			r.rpos = s.recoveryPoints(most)
		}
	}
	r.pack()
	l.over = r.deadlineMarks
	return r
}

// add joins deadlines that are the same for several services.
func (r *rulers) add(d rto) {
	for n := range r.rtos {
		if o := &r.rtos[n]; o.step == d.step && o.target == d.target && o.at.Low == d.at.Low {
			o.services = append(o.services, d.services...)
			return
		}
	}
	r.rtos = append(r.rtos, d)
}

// deadlines are those of the faults that interrupted a service; where none did,
// of the first fault that was in effect.
func (s *stage) deadlines(service string, most float64) []rto {
	var all, hit []rto
	for _, f := range s.record.Faults {
		if f.Effective == nil {
			continue
		}
		at := record.Interval{Low: f.Effective.Low + most}
		high := upper(f.Effective, f.Effective.Low) + most
		at.High = &high
		d := rto{services: []string{service}, target: most, step: f.Step, at: at}
		if !s.shown(at.Low, high) {
			continue
		}
		all = append(all, d)
		for _, o := range s.record.Services[service].Outages {
			if o.Step == f.Step {
				hit = append(hit, d)
				break
			}
		}
	}
	if len(hit) > 0 {
		return hit
	}
	return all[:min(1, len(all))]
}

// recoveryPoints are those of each fault that was in effect. A copy is lost to
// the first fault after it was accepted, and to none while another was on.
func (s *stage) recoveryPoints(most float64) []rpo {
	var out []rpo
	calm := math.Inf(-1) // since when no fault is on
	for _, f := range s.record.Faults {
		if f.Effective == nil || !s.shown(f.Effective.Low, f.Effective.Low) {
			continue
		}
		at := f.Effective.Low
		p := rpo{from: at - most, to: at, target: most, step: f.Step}
		for _, c := range s.chronicle.Copies.Points {
			if c.Fate != chronicle.Lost || c.Answer == nil {
				continue
			}
			if accepted := c.Due + *c.Answer; accepted <= at && accepted > calm {
				p.lost = append(p.lost, accepted)
			}
		}
		out = append(out, p)
		calm = math.Max(calm, at)
		if f.Healed != nil {
			calm = math.Max(calm, upper(f.Healed, s.time.to))
		}
	}
	return out
}

// pack gives each label a row in which it meets no other, nor the line of
// another.
func (r *rulers) pack() {
	taken := make([][]Box, rulerRowsMost)
	for _, p := range r.rpos {
		taken[0] = append(taken[0], r.reach(p))
		r.rows = 1
	}
	for n := range r.rpos {
		if label, ok := r.name(&r.rpos[n], taken[0]); ok {
			taken[0] = append(taken[0], label)
		}
	}
	for n := range r.rtos {
		d := &r.rtos[n]
		x := r.time.at(d.at.Low)
		label := textBox(Point{X: x + 3}, d.word(), Lettering{Size: smallSize})
		label.X, label.W = x-1, label.W+4
		line := Box{X: x - 1, Y: label.Y, W: 2, H: label.H}
		d.row = -1
		for row := range taken {
			if r.roomFor(label, line, taken[row:]) {
				d.row = row
				break
			}
		}
		if d.row < 0 {
			continue
		}
		taken[d.row] = append(taken[d.row], label)
		for below := d.row + 1; below < len(taken); below++ {
			taken[below] = append(taken[below], line)
		}
		r.rows = max(r.rows, d.row+1)
	}
}

// roomFor tells whether a label may be in the first of the rows, with its line
// through the others.
func (r *rulers) roomFor(label, line Box, rows [][]Box) bool {
	if label.X+label.W > r.time.end {
		return false
	}
	for n, boxes := range rows {
		wanted := line
		if n == 0 {
			wanted = label
		}
		for _, b := range boxes {
			if b.X < wanted.X+wanted.W && wanted.X < b.X+b.W {
				return false
			}
		}
	}
	return true
}

func (d rto) word() string {
	return fmt.Sprintf("RTO %s %s s", words.List(d.services), words.Exact(d.target))
}

func (p rpo) word() string { return fmt.Sprintf("RPO %s s", words.Exact(p.target)) }

// name finds where the label of a bracket meets nothing, and its room.
func (r *rulers) name(p *rpo, taken []Box) (Box, bool) {
	bracket := r.reach(*p)
	room := textRoom(p.word(), Lettering{Size: smallSize}) + bandInset
	for _, at := range []side{leftSide, rightSide} {
		b := Box{X: bracket.X - room, W: room, H: 1}
		if at == rightSide {
			b.X = bracket.X + bracket.W
		}
		free := b.X >= r.time.low && b.X+b.W <= r.time.end
		for _, other := range taken {
			free = free && !b.meets(other)
		}
		if free {
			p.side = at
			return b, true
		}
	}
	return Box{}, false
}

// reach is the room that a bracket takes with what is lost before it.
func (r *rulers) reach(p rpo) Box {
	from, to := r.time.at(p.from), r.time.at(p.to)
	for _, at := range p.lost {
		from = min(from, r.time.at(at)-4)
	}
	return Box{X: from - 1, W: to - from + 2, H: 1}
}

func (r *rulers) height() float64 {
	if len(r.rtos)+len(r.rpos) == 0 {
		return 0
	}
	return float64(max(1, r.rows))*rulerPitch + 4
}
