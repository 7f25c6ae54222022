package spool

import (
	"bufio"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"maildrill/harness/topology"
)

// Exim reads the queue from a tar archive of Exim's spool directory: the header
// files of its messages, less the recipients that their journals call served
// (Exim specification, chapter 56). A file that is cut short, as after a crash,
// gives what could be read of it, with a reason that says so.
func Exim(archive io.Reader) ([]topology.Queued, error) {
	var all []topology.Queued
	served := map[string]map[string]bool{} // by message, from journals
	err := each(archive, func(name string, file io.Reader) {
		if path.Base(path.Dir(name)) != "input" {
			return
		}
		if id, isHeader := strings.CutSuffix(path.Base(name), "-H"); isHeader {
			all = append(all, eximEnvelope(file, id)...)
		} else if id, isJournal := strings.CutSuffix(path.Base(name), "-J"); isJournal {
			served[id] = lines(file)
		}
	})
	return unserved(all, served), err
}

func unserved(all []topology.Queued, served map[string]map[string]bool) []topology.Queued {
	var left []topology.Queued
	for _, q := range all {
		if !served[q.ID][q.Recipient] {
			left = append(left, q)
		}
	}
	return left
}

func lines(file io.Reader) map[string]bool {
	all := map[string]bool{}
	for in := bufio.NewScanner(file); in.Scan(); {
		all[in.Text()] = true
	}
	return all
}

// eximEnvelope reads one header file: its name, its owner, the sender, the time,
// options, a tree of those served, and the recipients after their number.
func eximEnvelope(file io.Reader, id string) []topology.Queued {
	in := bufio.NewScanner(file)
	next := func() string {
		in.Scan()
		return in.Text()
	}
	next()
	next()
	message := topology.Queued{ID: id, Queue: "input", Sender: strings.Trim(next(), "<>"), Arrived: arrival(next())}
	line := next()
	for strings.HasPrefix(line, "-") {
		line = next()
	}
	done := map[string]bool{}
	for open := 1; open > 0 && line != ""; line = next() {
		open += tree(line, done)
	}
	count, err := strconv.Atoi(line)
	var all []topology.Queued
	for ; err == nil && count > 0; count-- {
		to, _, _ := strings.Cut(next(), " ")
		if to == "" {
			err = io.ErrUnexpectedEOF
			break
		}
		one := message
		if one.Recipient = to; !done[to] {
			all = append(all, one)
		}
	}
	if err != nil && len(all) == 0 {
		message.Reason = "the queue file is cut short: it names no recipient"
		all = append(all, message)
	}
	return all
}

// tree reads a line of the tree of those served: "XX" is an empty one, else two
// letters tell which branches follow (Y) before an address. It gives by how many
// more lines the tree has to go on.
func tree(line string, done map[string]bool) int {
	if line == "XX" {
		return -1
	}
	branches, address, _ := strings.Cut(line, " ")
	done[address] = true
	return strings.Count(branches, "Y") - 1
}

// base62 are the digits of Exim's ids.
const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// EximTime is the second in which a message arrived: the first six digits of its
// id.
func EximTime(id string) time.Time {
	if len(id) < 6 {
		return time.Time{}
	}
	var seconds int64
	for _, digit := range id[:6] {
		value := strings.IndexRune(base62, digit)
		if value < 0 {
			return time.Time{}
		}
		seconds = seconds*62 + int64(value)
	}
	return time.Unix(seconds, 0).UTC()
}
