package figure

import (
	"fmt"
	"math"

	"maildrill/reports/chronicle"
)

// scatter shows each copy by when it was due and by how long something took.
type scatter struct {
	plotted
	view  view
	y     scale
	marks []drawn
	rows  []railRow
}

// view is what a scatter shows.
type view struct {
	title     string
	took      func(chronicle.Point) (float64, bool) // seconds
	quantiles func(chronicle.Chronicle) []chronicle.Quantile
	floor     float64 // seconds below which nothing is told apart; 0: by the data
	rails     bool    // copies that took no time are shown above
	depth     float64 // points a decade
}

var arrivalView = view{
	title: "Time to arrive, by when a copy was due",
	took: func(p chronicle.Point) (float64, bool) {
		if p.Arrival == nil {
			return 0, false
		}
		return upper(p.Arrival, p.Arrival.Low), true
	},
	quantiles: func(c chronicle.Chronicle) []chronicle.Quantile { return c.Arrive },
	floor:     chronicle.ArrivalWidth, rails: true, depth: 48,
}

var acceptView = view{
	title: "Time until answered, or given up",
	took: func(p chronicle.Point) (float64, bool) {
		if p.Answer == nil {
			return 0, false
		}
		return *p.Answer, true
	},
	quantiles: func(c chronicle.Chronicle) []chronicle.Quantile { return c.Accept },
	depth:     18,
}

// drawn are the copies of one fate that are drawn with the same mark.
type drawn struct {
	mark fateMark
	at   []moment
}

// moment is a copy on the plane: when it was due, and how long it took.
type moment struct{ due, took float64 }

// railRow is a rail with the copies on it.
type railRow struct {
	rail  rail
	marks []drawn
}

const (
	railPitch = 12
	plinth    = 4 // between the least of a plot and its ground line
	// Heights of the plot, in points.
	depthLeast = 40
	depthMost  = 120
)

var (
	medianLine = Style{Stroke: Text, Width: 1}
	tailLine   = Style{Stroke: Muted, Width: 1.1, Dash: Dashed}
	limitLine  = Style{Stroke: Bad, Width: 1, Dash: Dotted}
)

func newScatter(s *stage, v view) *scatter {
	c := &scatter{view: v, plotted: plotted{stage: s, title: v.title}}
	c.sort()
	c.y = c.scaled()
	c.depth = math.Min(math.Max(v.depth*math.Log10(c.y.to/c.y.from), depthLeast), depthMost)
	c.plotted.rails = float64(len(c.rows)) * railPitch
	if len(c.rows) > 0 {
		c.plotted.rails += 8
	}
	quantiles := v.quantiles(s.chronicle)
	if has(quantiles, func(q chronicle.Quantile) *float64 { return q.P50 }) {
		c.keys = append(c.keys, lineKey("median", medianLine))
	}
	if has(quantiles, func(q chronicle.Quantile) *float64 { return q.P95 }) {
		c.keys = append(c.keys, lineKey("95th percentile", tailLine))
	}
	if limit := s.chronicle.Copies.Limit; v.rails && limit > 0 && finite(limit) {
		c.keys = append(c.keys, lineKey(fmt.Sprintf("late after %s", spanWord(limit)), limitLine))
	}
	return c
}

func has(all []chronicle.Quantile, of func(chronicle.Quantile) *float64) bool {
	for _, q := range all {
		if of(q) != nil {
			return true
		}
	}
	return false
}

// sort puts each copy onto the plane or a rail, by its mark.
func (c *scatter) sort() {
	plane, side := make([][]moment, len(fateMarks)), make([][]moment, len(fateMarks))
	var beside []moment
	for _, point := range c.chronicle.Copies.Points {
		if !c.stage.shown(point.Due, point.Due) {
			continue
		}
		n := markOf(point.Fate)
		took, ok := c.view.took(point)
		ok = ok && !math.IsNaN(took)
		if ok {
			plane[n] = append(plane[n], moment{point.Due, took})
		} else {
			side[n] = append(side[n], moment{due: point.Due})
		}
		if len(point.Marks) > 0 && ok {
			beside = append(beside, moment{point.Due, took})
		}
	}
	var rows [railCount][]drawn
	for n, m := range fateMarks {
		if len(plane[n]) > 0 {
			c.marks = append(c.marks, drawn{m, plane[n]})
		}
		if len(side[n]) > 0 {
			rows[m.rail] = append(rows[m.rail], drawn{m, side[n]})
		}
	}
	if len(beside) > 0 {
		c.marks = append(c.marks, drawn{besideMark, beside})
	}
	for r, marks := range rows {
		if c.view.rails && (len(marks) > 0 || rail(r) == lostRail) {
			c.rows = append(c.rows, railRow{rail(r), marks})
		}
	}
}

// scaled is the scale of the plane, from one round number to another.
func (c *scatter) scaled() scale {
	const least, most = 1e-4, 1e7 // seconds
	low, high := math.Inf(1), 0.0
	take := func(v float64) {
		if v = math.Min(math.Max(v, least), most); !math.IsNaN(v) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	for _, d := range c.marks {
		for _, at := range d.at {
			take(at.took)
		}
	}
	for _, q := range c.view.quantiles(c.chronicle) {
		if q.P50 != nil {
			take(*q.P50)
		}
	}
	if c.view.floor > 0 || high == 0 {
		low = max(c.view.floor, least)
	}
	from := math.Pow(10, math.Floor(math.Log10(low)))
	to := math.Max(from*10, roundUp(high))
	return scale{from: from, to: to, log: true}
}

func (c *scatter) height() float64 {
	if len(c.marks) == 0 && len(c.chronicle.Copies.Points) == 0 {
		return 0
	}
	return c.plotted.height()
}
