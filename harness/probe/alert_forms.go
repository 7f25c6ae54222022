package probe

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maildrill/harness/ledger"
)

// Forms in which alerts come.
const (
	formAlertmanager = "alertmanager" // https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
	formJSON         = "json"
	formText         = "text"
)

// alertText bounds what is kept of any text, in runes.
const alertText = 200

// manager is the body of an Alertmanager webhook, as far as it is read.
type manager struct {
	Status string `json:"status"`
	Alerts []struct {
		Status      string            `json:"status"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"alerts"`
}

// parseAlerts reads a body: of Alertmanager, any other JSON object, or text.
// Whatever it is, somebody was told something: there is at least one alert.
func parseAlerts(body []byte) []ledger.Alert {
	var m manager
	if json.Unmarshal(body, &m) == nil && len(m.Alerts) > 0 {
		var all []ledger.Alert
		for _, a := range m.Alerts[:min(len(m.Alerts), alertBatch)] {
			all = append(all, ledger.Alert{Name: short(a.Labels["alertname"]), Form: formAlertmanager,
				Status: status(first(a.Status, m.Status)), Text: short(first(a.Annotations["summary"], a.Annotations["description"]))})
		}
		return all
	}
	var o map[string]any
	if json.Unmarshal(body, &o) == nil {
		return []ledger.Alert{{Name: short(find(o, nameKeys)), Status: status(find(o, statusKeys)), Form: formJSON, Text: short(find(o, textKeys))}}
	}
	line := short(firstLine(string(body)))
	word, _, _ := strings.Cut(strings.Trim(line, "[]()"), " ")
	return []ledger.Alert{{Status: status(strings.Trim(word, ":[]()")), Form: formText, Text: line}}
}

// Keys by which common tools say what an alert is called and how it stands.
var (
	nameKeys   = []string{"alertname", "alert_name", "name", "ruleName", "rule", "title", "service", "check"}
	statusKeys = []string{"status", "state", "alert_state", "event_type", "action", "severity"}
	textKeys   = []string{"message", "summary", "text", "description", "body"}
)

// find gives the first key that has a text, without regard to case.
func find(o map[string]any, keys []string) string {
	for _, key := range keys {
		for k, v := range o {
			if text, ok := v.(string); ok && text != "" && strings.EqualFold(k, key) {
				return text
			}
		}
	}
	return ""
}

// over are the words for an alert that was taken back.
var over = []string{"resolved", "resolve", "ok", "okay", "up", "recovery", "recovered", "closed", "close", "normal", "cleared", "success", "inactive"}

// status: what is not said to be over is firing, so that no alert is missed for
// a word that nobody knows here.
func status(word string) string {
	if slices.Contains(over, strings.ToLower(strings.TrimSpace(word))) {
		return ledger.AlertResolved
	}
	return ledger.AlertFiring
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// short keeps a printable beginning of a text that a stranger wrote.
func short(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return -1
		case !unicode.IsPrint(r):
			return ' '
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) <= alertText {
		return s
	}
	return fmt.Sprintf("%s...", string([]rune(s)[:alertText]))
}
