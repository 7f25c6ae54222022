package spool

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildrill/harness/topology"
)

// queues are the directories below the queue directory that hold messages.
// maildrop holds what local programs submitted; corrupt what Postfix set aside.
var queues = []string{"maildrop", "incoming", "active", "deferred", "hold", "corrupt"}

// Record types of a queue file.
const (
	recTime      = 'T' // arrival time, seconds since 1970
	recSender    = 'S'
	recRecipient = 'R'
	recEnd       = 'E'
)

// longest is the longest record that is believed, in bytes.
const longest = 1 << 20

// Postfix reads the queue from a tar archive of the queue directory, as the
// engine gives it for /var/spool/postfix. A file that is cut short, as after a
// crash, gives what could be read of it, with a reason that says so.
func Postfix(archive io.Reader) ([]topology.Queued, error) {
	var all []topology.Queued
	err := each(archive, func(name string, file io.Reader) {
		if queue, id, ok := place(name); ok {
			all = append(all, envelope(file, queue, id)...)
		}
	})
	return all, err
}

// place tells queue and queue id from a path such as "postfix/deferred/A/A1B2C3".
func place(name string) (queue, id string, ok bool) {
	parts := strings.Split(path.Clean(name), "/")
	for i, part := range parts[:len(parts)-1] {
		if slices.Contains(queues, part) {
			return part, parts[len(parts)-1], i <= 1
		}
	}
	return "", "", false
}

// envelope reads one queue file: a recipient that was served has become a
// record of another type.
func envelope(file io.Reader, queue, id string) []topology.Queued {
	message := topology.Queued{ID: id, Queue: queue}
	var recipients []string
	in := bufio.NewReader(file)
	var err error
	for kind, text := byte(0), ""; kind != recEnd; {
		if kind, text, err = record(in); err != nil {
			message.Reason = fmt.Sprintf("the queue file is cut short: %v", err)
			break
		}
		switch kind {
		case recTime:
			message.Arrived = arrival(text)
		case recSender:
			message.Sender = text
		case recRecipient:
			recipients = append(recipients, text)
		}
	}
	var all []topology.Queued
	for _, r := range recipients {
		one := message
		one.Recipient = r
		all = append(all, one)
	}
	if len(all) == 0 && message.Sender != "" && err != nil {
		all = append(all, message)
	}
	return all
}

// record reads one record: its type, its length in groups of seven bits with
// the lowest first, and its data.
func record(in *bufio.Reader) (kind byte, text string, err error) {
	if kind, err = in.ReadByte(); err != nil {
		return 0, "", err
	}
	length := 0
	for shift := 0; ; shift += 7 {
		b, err := in.ReadByte()
		if err != nil {
			return 0, "", io.ErrUnexpectedEOF
		}
		if length |= int(b&0x7f) << shift; b&0x80 == 0 {
			break
		}
		if shift > 21 {
			return 0, "", errors.New("a record's length is out of range")
		}
	}
	if length > longest {
		return 0, "", errors.New("a record is too long")
	}
	data := make([]byte, length)
	if _, err := io.ReadFull(in, data); err != nil {
		return 0, "", io.ErrUnexpectedEOF
	}
	return kind, string(data), nil
}

// arrival reads "seconds microseconds".
func arrival(text string) time.Time {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return time.Time{}
	}
	var micros int64
	if len(fields) > 1 {
		micros, _ = strconv.ParseInt(fields[1], 10, 64)
	}
	return time.Unix(seconds, micros*1000).UTC()
}
