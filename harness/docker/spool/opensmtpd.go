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

// OpenSMTPD reads the queue from a tar archive of its spool directory: a file of
// "name: value" lines for each recipient, in a folder for each message
// (queue/a1/a1b2c3d4/a1b2c3d4e5f60718). What is cut short has a reason that says so.
func OpenSMTPD(archive io.Reader) ([]topology.Queued, error) {
	var all []topology.Queued
	err := each(archive, func(name string, file io.Reader) {
		id, message := path.Base(name), path.Base(path.Dir(name))
		queue := path.Base(path.Dir(path.Dir(path.Dir(name))))
		if queue == "queue" && len(message) == 8 && strings.HasPrefix(id, message) {
			all = append(all, smtpdEnvelope(file, id))
		}
	})
	return all, err
}

func smtpdEnvelope(file io.Reader, id string) topology.Queued {
	q := topology.Queued{ID: id, Queue: "queue"}
	for in := bufio.NewScanner(file); in.Scan(); {
		name, value, _ := strings.Cut(in.Text(), ": ")
		switch name {
		case "sender":
			q.Sender = value
		case "dest":
			q.Recipient = value
		case "errorline":
			q.Reason = strings.Trim(value, `"`)
		case "ctime":
			if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
				q.Arrived = time.Unix(seconds, 0).UTC()
			}
		}
	}
	if q.Recipient == "" {
		q.Reason = "the queue file is cut short: it names no recipient"
	}
	return q
}
