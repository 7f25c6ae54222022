package measure

import (
	"time"

	"maildrill/harness/ledger"
)

// Grades of the evidence for a loss. A copy whose absence is not proven is
// unknown, whatever its age; that would be the first grade.
const (
	gradeInferred  = "L2" // queues quiet, two scans agree, a sentinel arrived
	gradeBracketed = "L3" // and a later copy of the same way and mailbox was delivered
	gradeProven    = "L4" // and its token is in no file of any volume
)

// gradeWords say what a grade means.
var gradeWords = map[string]string{
	gradeInferred:  "inferred (L2: queues empty, two readings agree, the way is open)",
	gradeBracketed: "bracketed (L3: a later copy of the same way arrived)",
	gradeProven:    "proven (L4: and in no file of any volume)",
}

// graded are the kinds of entries that grading needs.
var graded = []ledger.Kind{ledger.Intent, ledger.Withdrawn, ledger.Unsent, ledger.Outcome}

// way is what a copy shares with those that bracket it.
type way struct{ node, mailbox string }

// grading finds, in two readings of the ledger, how well each loss is proven.
type grading struct {
	survey  *survey
	proven  bool
	volumes int // that a token has to be looked for in
	flying  map[ledger.Copy]string
	words   lexicon
	arrived map[way]time.Duration // acceptance of the newest copy that was delivered
	counts  map[string]int
}

func (q *inquiry) newGrading() *grading {
	return &grading{survey: q.survey, proven: q.proven, volumes: len(q.story.spec.Volumes),
		flying: map[ledger.Copy]string{}, words: lexicon{}, arrived: map[way]time.Duration{}, counts: map[string]int{}}
}

// first notes the newest delivered copy of each way.
func (g *grading) first(e ledger.Entry) { g.follow(e, g.note) }

// second grades the lost copies.
func (g *grading) second(e ledger.Entry) { g.follow(e, g.grade) }

// follow remembers the mailbox of each copy between its intent and its outcome.
func (g *grading) follow(e ledger.Entry, settled func(ledger.Entry, way, state)) {
	switch e.Kind {
	case ledger.Intent:
		g.flying[e.Copy] = g.words.kept(e.Detail)
	case ledger.Withdrawn, ledger.Unsent:
		delete(g.flying, e.Copy)
	case ledger.Outcome:
		mailbox := g.flying[e.Copy]
		delete(g.flying, e.Copy)
		if s := g.survey.of(e.Copy); s != nil && s.submission() == ledger.Accepted {
			settled(e, way{g.words.kept(e.Node), mailbox}, *s)
		}
	}
}

func (g *grading) note(e ledger.Entry, w way, s state) {
	if g.survey.rules.classify(s, g.proven) == delivered {
		g.arrived[w] = max(g.arrived[w], e.End)
	}
}

func (g *grading) grade(e ledger.Entry, w way, s state) {
	if g.survey.rules.classify(s, g.proven) != lost || s.has(planted) {
		return
	}
	switch {
	case e.End >= g.arrived[w]:
		g.counts[gradeInferred]++
	case g.volumes > 0 && !s.has(onDisk) && g.survey.searches[e.Copy] >= g.volumes:
		g.counts[gradeProven]++
	default:
		g.counts[gradeBracketed]++
	}
}

// grades is nil if nothing is lost.
func (g *grading) grades() map[string]int {
	if len(g.counts) == 0 {
		return nil
	}
	return g.counts
}
