package programme

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"maildrill/scenarios"
)

// draws is how often a time is drawn again that quiet hours or a freeze refuse,
// before the window is moved.
const draws = 200

// draw takes the start of an unannounced occurrence out of its window. The same
// programme, item and date give the same time, so that restarts change nothing.
func (p *Plan) draw(o *Occurrence, u scenarios.Unannounced, at time.Time) {
	from, to := u.Hours()
	days := max(1, u.Days)
	rng := p.source(o.Item, o.Planned)
	for range mostMoves {
		day := at.Truncate(24 * time.Hour)
		o.Window = &Window{From: Instant(day.Add(from), p.zone), To: Instant(day.AddDate(0, 0, days-1).Add(to), p.zone)}
		for range draws {
			minute := time.Duration(rng.IntN(int((to-from)/time.Minute))) * time.Minute
			o.Start = Instant(day.AddDate(0, 0, rng.IntN(days)).Add(from+minute), p.zone)
			if _, why := p.barred(o.Start); why == "" {
				return
			}
		}
		at = p.moveWindow(o, day)
	}
	o.Skipped = "no moment is left at which it may start"
}

// moveWindow moves the window to the first day after its begin on which something
// may start.
func (p *Plan) moveWindow(o *Occurrence, day time.Time) time.Time {
	until, why := p.barred(o.Window.From)
	if why == "" {
		until, why = o.Window.To, "no moment in the window at which it may start"
	}
	next := Wall(until, p.zone).Truncate(24 * time.Hour)
	if !next.After(day) {
		next = day.AddDate(0, 0, 1)
	}
	from := o.Window.From
	o.Moved = append(o.Moved, Move{From: from, To: from.Add(next.Sub(day)), Why: why})
	return next
}

// source is a source of numbers that belongs to one occurrence.
func (p *Plan) source(item, planned string) *rand.Rand {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s\x00%s\x00%s", p.file.Seed, p.file.Metadata.Name, item, planned))
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:]), binary.BigEndian.Uint64(sum[8:])))
}
