package verify

import (
	"maildrill/reports/evidence/register"
)

// Register checks a register: that its leaves follow from each other and are those
// of its checkpoint, that each run has one start and at most one end, and that it
// goes on from what somebody kept elsewhere.
func Register(o Options) *Findings {
	f := &Findings{Subject: o.Where, Kind: "register", Checks: []Check{}}
	switch {
	case o.Key == nil:
		f.fails("key", "", "nobody is trusted: %s; name a public key with --key", o.KeyWhy)
		return f.conclude()
	case o.Register == nil:
		f.fails("register", "", "there is none at %s", o.Where)
		return f.conclude()
	}
	f.fits("key", "", "%s, from %s", o.Key.ID(), o.KeyWhy)
	whole(f, o.Register, o.Where)
	f.runs(o)
	f.folders(o)
	complete(f, o)
	return f.conclude()
}

// whole tells what does not fit in the register.
func whole(f *Findings, v *register.View, where string) {
	for _, d := range v.Defects {
		about := d.Where
		if d.Run != "" {
			about = d.Where + ", run " + d.Run
		}
		f.fails("register", about, "%s", d.What)
	}
	if len(v.Defects) > 0 {
		return
	}
	cut := ""
	if v.Cut {
		cut = "; the last append was cut off, and the next one completes it"
	}
	f.fits("register", where, "its %d leaves follow from each other and give the root of its checkpoint%s", v.Size(), cut)
}

// runs tells which runs have no end.
func (f *Findings) runs(o Options) {
	states := map[string]int{}
	runs := o.Register.Runs(o.Now)
	for _, r := range runs {
		states[r.State]++
		if r.State == "orphaned" {
			f.open("runs", r.ID, "leaf %d says that it started at %s, and nothing says how it ended: it is orphaned", r.Index, r.At)
		}
	}
	f.fits("runs", "", "%d runs started: %d closed, %d open, %d orphaned", len(runs), states["closed"], states["open"], states["orphaned"])
}

// complete proves that the register goes on from the checkpoint that was kept.
func complete(f *Findings, o Options) {
	if o.Kept == nil {
		f.open("completeness", "", "completeness not proven: whoever holds the key could have left runs out; a checkpoint that somebody else kept (--checkpoint) would show it")
		return
	}
	c := o.Kept.Checkpoint
	if o.Register == nil {
		f.fails("completeness", o.Kept.File, "there is no register to compare it with: %s", o.Where)
		return
	}
	if o.Copy && o.Register.Size() < c.Size {
		f.open("completeness", o.Kept.File, "completeness not proven: the checkpoint that was kept is of a later day (%d leaves) than this copy of the register (%d); name the register of today with --register", c.Size, o.Register.Size())
		return
	}
	why := parts(o.Register, c.Size, c.Root.String())
	if why == "" {
		f.fits("completeness", o.Kept.File, "the register goes on from the checkpoint of %d leaves that was kept: every run that had started by then is in it", c.Size)
		return
	}
	f.fails("completeness", o.Kept.File, "the register %s", why)
	if o.Kept.View != nil {
		f.missing(o)
	}
}

// missing names the runs that the register of that day had.
func (f *Findings) missing(o Options) {
	now := map[string]bool{}
	for _, r := range o.Register.Runs(o.Now) {
		now[r.ID] = true
	}
	for _, r := range o.Kept.View.Runs(o.Now) {
		if !now[r.ID] {
			f.fails("completeness", r.ID, "the run was in the register (leaf %d, %s) and is not any more", r.Index, stateOf(r))
		}
	}
	for n := range min(o.Kept.View.Size(), o.Register.Size()) {
		was, is := o.Kept.View.Leaves[n], o.Register.Leaves[n]
		if string(o.Kept.View.Line(n)) != string(o.Register.Line(n)) {
			f.fails("completeness", was.Run, "leaf %d was the %s of run %s, and is the %s of run %s", n, was.Kind(), was.Run, is.Kind(), is.Run)
			return
		}
	}
}

func stateOf(r register.Run) string {
	if r.Close == nil {
		return r.State
	}
	return r.Close.Ending()
}
