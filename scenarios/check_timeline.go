package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// checkTimeline checks the steps one by one, then together.
func (d *Document) checkTimeline(steps []Step) {
	first := map[string]int{}
	var ids []string
	for i, s := range steps {
		path := item("timeline", i)
		if before, again := first[s.ID]; again && s.ID != "" {
			d.wrong(path+".id", fmt.Sprintf("step %q is there twice; it is the entry %d of the timeline too", s.ID, before+1), "")
		} else if s.ID != "" {
			first[s.ID] = i
			ids = append(ids, s.ID)
		}
		if _, n, _ := d.lookup(path); n.Kind != yaml.MappingNode {
			continue // reported by the decoder
		}
		d.checkStart(path)
		d.checkDeed(path)
		d.checkOn(path, s)
	}
	for i, s := range steps {
		d.checkAfter(item("timeline", i)+".after", s, ids)
	}
	d.checkCycles(steps)
}

// checkStart: at a time, or after steps, or when something holds; the latter
// two together mean one after the other.
func (d *Document) checkStart(path string) {
	starts := []string{"at", "after", "when"}
	switch given := d.given(path, starts); {
	case len(given) == 0:
		d.wrong(path, "the step never starts: one of `at`, `after`, `when` is missing", "", starts...)
	case len(given) > 1 && given[0] == "at":
		d.wrong(path+"."+given[1], fmt.Sprintf("`at` and `%s`: a step starts in one way", given[1]), "", starts...)
	}
}

// placeless are the actions that need no node.
var placeless = []string{"announce", "manual", "wait"}

// checkOn: a fault is aimed at something, and so are most actions.
func (d *Document) checkOn(path string, s Step) {
	switch {
	case d.has(path+".on") && len(s.On) == 0:
		d.wrong(path+".on", "`on` names no node", "")
	case !d.has(path+".on") && (s.Fault != "" || s.Action != "" && !slices.Contains(placeless, s.Action)):
		d.wrong(path, "key `on` is missing in the step", "")
	}
	d.duplicates(path+".on", s.On)
}

// checkDeed: exactly one of fault and action. A fault is held for a time; an
// action is over when it is done, or when its time-out is.
func (d *Document) checkDeed(path string) {
	deeds := []string{"fault", "action"}
	given := d.given(path, deeds)
	if len(given) != 1 {
		message := "the step does nothing: `fault` or `action` is missing"
		if len(given) == 2 {
			path, message = path+".action", "`fault` and `action`: a step does one thing"
		}
		d.wrong(path, message, "", deeds...)
		return
	}
	switch {
	case given[0] == "action" && d.has(path+".for"):
		d.wrong(path+".for", "`for` belongs to faults; an action is over when it is done, at the latest after its `timeout`", "")
	case given[0] == "fault" && d.has(path+".timeout"):
		d.wrong(path+".timeout", "`timeout` belongs to actions; a fault is held `for` a time", "")
	}
}

// given lists which of the keys the file has.
func (d *Document) given(path string, keys []string) []string {
	var given []string
	for _, key := range keys {
		if d.has(path + "." + key) {
			given = append(given, key)
		}
	}
	return given
}

func (d *Document) checkAfter(path string, s Step, ids []string) {
	others := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == s.ID })
	if d.has(path) && len(s.After) == 0 {
		d.wrong(path, "`after` names no step", "")
	}
	d.duplicates(path, s.After)
	for _, id := range s.After {
		if id != "" && !slices.Contains(ids, id) {
			d.wrong(path, fmt.Sprintf("unknown step %q", id), id, others...)
		}
	}
}

// checkCycles reports each circle of steps that wait for each other once, at
// the step that comes first in the file.
func (d *Document) checkCycles(steps []Step) {
	after := map[string][]string{}
	for _, s := range steps {
		if _, twice := after[s.ID]; !twice {
			after[s.ID] = s.After
		}
	}
	reported := map[string]bool{}
	for i, s := range steps {
		circle := circleFrom(s.ID, after)
		if circle == nil || reported[s.ID] {
			continue
		}
		for _, id := range circle {
			reported[id] = true
		}
		d.wrong(item("timeline", i)+".after", "the step waits for itself: "+strings.Join(circle, " after "), "")
	}
}

// circleFrom finds a way from a step back to itself, or nil.
func circleFrom(start string, after map[string][]string) []string {
	from := map[string]string{}
	for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
		for _, next := range after[queue[0]] {
			if next == start {
				return wayBack(start, queue[0], from)
			}
			if _, seen := from[next]; !seen {
				from[next] = queue[0]
				queue = append(queue, next)
			}
		}
	}
	return nil
}

func wayBack(start, last string, from map[string]string) []string {
	way := []string{start}
	for id := last; id != start; id = from[id] {
		way = append(way, id)
	}
	way = append(way, start)
	slices.Reverse(way)
	return way
}
