package mx

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/miekg/dns"
)

// answer is what became of one question.
type answer struct {
	records []dns.RR
	err     error
	done    bool
}

// lookup answers questions in their order: what is known at once, the rest
// together.
func (r *Resolver) lookup(ctx context.Context, questions ...dns.Question) []answer {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	answers := r.recall(questions)
	for left := open(answers); left > 0; {
		err := r.ask(ctx, questions, answers)
		before := left
		left = open(answers)
		// A server that closes after each answer (RFC 7766 asks for more) is asked
		// again for what is missing, as long as it answers anything.
		if left > 0 && (left == before || ctx.Err() != nil) {
			fail(questions, answers, err)
			break
		}
	}
	return answers
}

func open(answers []answer) (n int) {
	for _, a := range answers {
		if !a.done {
			n++
		}
	}
	return n
}

func fail(questions []dns.Question, answers []answer, err error) {
	for i, q := range questions {
		if !answers[i].done {
			answers[i] = answer{err: asking(q, err), done: true}
		}
	}
}

func asking(q dns.Question, err error) error {
	name := q.Name
	if len(name) > 1 {
		name = name[:len(name)-1]
	}
	return fmt.Errorf("ask for %s %s: %w", name, dns.TypeToString[q.Qtype], err)
}

// recall gives the answers that are still good.
func (r *Resolver) recall(questions []dns.Question) []answer {
	answers := make([]answer, len(questions))
	if r.Clock == nil {
		return answers
	}
	now := r.Clock()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, q := range questions {
		if known, ok := r.cache[q]; ok && now < known.until {
			answers[i] = answer{records: known.records, done: true}
		}
	}
	return answers
}

func (r *Resolver) keep(q dns.Question, asked time.Duration, records []dns.RR) {
	if r.Clock == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cache == nil {
		r.cache = map[dns.Question]kept{}
	}
	r.cache[q] = kept{records, asked + ttl(records)}
}

// ttl is how long the whole answer holds; an empty one is not kept.
func ttl(records []dns.RR) time.Duration {
	var least uint32
	for i, record := range records {
		if t := record.Header().Ttl; i == 0 || t < least {
			least = t
		}
	}
	return time.Duration(least) * time.Second
}

// ask puts all open questions on one connection and then reads the answers,
// which may come in any order (RFC 7766, section 6.2.1.1).
func (r *Resolver) ask(ctx context.Context, questions []dns.Question, answers []answer) error {
	raw, err := r.Dial(ctx)
	if err != nil {
		return err
	}
	defer raw.Close()
	defer context.AfterFunc(ctx, func() { _ = raw.Close() })()
	conn := &dns.Conn{Conn: raw}
	asked := r.now()
	waiting, unsent := put(conn, questions, answers)
	for len(waiting) > 0 {
		got, err := conn.ReadMsg()
		if err != nil {
			return errors.Join(fmt.Errorf("read: %w", err), context.Cause(ctx))
		}
		i, ok := waiting[got.Id]
		if !ok {
			return errors.New("the answer is to another question")
		}
		delete(waiting, got.Id)
		answers[i] = judge(questions[i], got)
		if answers[i].err == nil {
			r.keep(questions[i], asked, got.Answer)
		}
	}
	return unsent
}

func (r *Resolver) now() time.Duration {
	if r.Clock == nil {
		return 0
	}
	return r.Clock()
}

// put sends every open question; those sent wait for an answer under their
// identifiers.
func put(conn *dns.Conn, questions []dns.Question, answers []answer) (waiting map[uint16]int, err error) {
	waiting = map[uint16]int{}
	for i, q := range questions {
		if answers[i].done {
			continue
		}
		query := &dns.Msg{MsgHdr: dns.MsgHdr{Id: fresh(waiting), RecursionDesired: true}, Question: []dns.Question{q}}
		if err := conn.WriteMsg(query); err != nil {
			return waiting, fmt.Errorf("write: %w", err)
		}
		waiting[query.Id] = i
	}
	return waiting, nil
}

// fresh is an identifier that no open question has.
func fresh(waiting map[uint16]int) uint16 {
	for {
		id := dns.Id()
		if _, taken := waiting[id]; !taken {
			return id
		}
	}
}

func judge(q dns.Question, got *dns.Msg) answer {
	switch got.Rcode {
	case dns.RcodeSuccess:
		return answer{records: got.Answer, done: true}
	case dns.RcodeNameError:
		return answer{err: asking(q, ErrNoName), done: true}
	}
	return answer{err: asking(q, fmt.Errorf("the name server answers %s", dns.RcodeToString[got.Rcode])), done: true}
}
