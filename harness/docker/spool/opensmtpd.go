package spool

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
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
	for files := tar.NewReader(archive); ; {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, fmt.Errorf("read the queue's archive: %w", err)
		}
		id, message := path.Base(head.Name), path.Base(path.Dir(head.Name))
		queue := path.Base(path.Dir(path.Dir(path.Dir(head.Name))))
		if head.Typeflag == tar.TypeReg && queue == "queue" && len(message) == 8 && strings.HasPrefix(id, message) {
			all = append(all, smtpdEnvelope(files, id))
		}
	}
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
