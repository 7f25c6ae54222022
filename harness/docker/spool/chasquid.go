package spool

import (
	"bufio"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildrill/harness/topology"
)

// Chasquid reads the queue from a tar archive of chasquid's data directory: a file
// for each message (queue/m:ID), in the text format of protocol buffers. What is cut
// short has a reason that says so.
func Chasquid(archive io.Reader) ([]topology.Queued, error) {
	var all []topology.Queued
	err := each(archive, func(name string, file io.Reader) {
		if id, isItem := strings.CutPrefix(path.Base(name), "m:"); isItem && path.Base(path.Dir(name)) == "queue" {
			all = append(all, chasquidItem(file, id)...)
		}
	})
	return all, err
}

// chasquidDone are the states of recipients who wait for nothing any more.
var chasquidDone = []string{"SENT", "FAILED"}

// chasquidItem reads an envelope for each recipient that waits. Names and values are
// on lines of their own; messages within the message end with a brace.
func chasquidItem(file io.Reader, id string) []topology.Queued {
	var waiting []topology.Queued
	var one topology.Queued // the recipient that is being read
	var sender, inside, state string
	var arrived time.Time
	recipients := 0
	in := bufio.NewScanner(file)
	in.Buffer(nil, chasquidLine)
	for in.Scan() {
		name, value, _ := strings.Cut(strings.TrimSpace(in.Text()), ":")
		value = unquoted(value)
		switch {
		case value == "{" || strings.HasSuffix(name, "{"):
			inside, one, state = strings.TrimRight(name, " {"), topology.Queued{ID: id, Queue: "queue"}, ""
		case name == "}":
			if inside == "rcpt" {
				recipients++
				if !slices.Contains(chasquidDone, state) {
					waiting = append(waiting, one)
				}
			}
			inside = ""
		case inside == "rcpt" && name == "address":
			one.Recipient = value
		case inside == "rcpt" && name == "last_failure_message":
			one.Reason = value
		case inside == "rcpt" && name == "status":
			state = value
		case inside == "created_at_ts" && name == "seconds":
			if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
				arrived = time.Unix(seconds, 0).UTC()
			}
		case inside == "" && name == "from":
			sender = value
		}
	}
	if recipients == 0 {
		waiting = []topology.Queued{{ID: id, Queue: "queue", Reason: "the queue file is cut short: it names no recipient"}}
	}
	for i := range waiting {
		waiting[i].Sender, waiting[i].Arrived = sender, arrived
	}
	return waiting
}

// chasquidLine bounds a line: a whole message is one.
const chasquidLine = 128 << 20

// unquoted is a value without its quotes and escapes.
func unquoted(value string) string {
	value = strings.TrimSpace(value)
	if text, err := strconv.Unquote(value); err == nil {
		return text
	}
	return strings.Trim(value, `"`)
}
