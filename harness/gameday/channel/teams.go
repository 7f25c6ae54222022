package channel

import "strings"

const (
	teamsSize  = 27 << 10 // bytes of the whole; Teams takes about 28 KB
	teamsLines = 100
)

type (
	teams struct {
		Type        string            `json:"type"`
		Attachments []teamsAttachment `json:"attachments"`
	}
	teamsAttachment struct {
		ContentType string    `json:"contentType"`
		Content     teamsCard `json:"content"`
	}
	teamsCard struct {
		Schema       string        `json:"$schema"`
		Type         string        `json:"type"`
		Version      string        `json:"version"`
		FallbackText string        `json:"fallbackText"`
		Body         []teamsLine   `json:"body"`
		Actions      []teamsAction `json:"actions,omitempty"`
	}
	// teamsLine is a RichTextBlock: unlike those of a TextBlock its words are never
	// taken for Markdown.
	teamsLine struct {
		Type    string     `json:"type"`
		Spacing string     `json:"spacing,omitempty"`
		Inlines []teamsRun `json:"inlines"`
	}
	teamsRun struct {
		Type   string `json:"type"`
		Text   string `json:"text"`
		Weight string `json:"weight,omitempty"`
		Color  string `json:"color,omitempty"`
	}
	teamsAction struct {
		Type  string `json:"type"`
		Title string `json:"title"`
		URL   string `json:"url"`
	}
)

// teamsForm makes the card that a workflow of Teams posts. The size of the whole
// counts, so the text is made shorter until it fits.
func teamsForm(n note) any {
	for limit := teamsSize; ; limit = limit * 3 / 4 {
		card := teamsOf(n, limit)
		if len(encoded(card)) <= teamsSize || limit < 100 {
			return card
		}
	}
}

func teamsOf(n note, limit int) teams {
	card := teamsCard{Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4", FallbackText: n.title(maxSubject)}
	card.Body = append(card.Body, teamsWords(teamsRun{Text: n.mark, Weight: "bolder", Color: "attention"}, ""))
	if n.subject != "" {
		card.Body = append(card.Body, teamsWords(teamsRun{Text: n.subject, Weight: "bolder"}, ""))
	}
	if n.text != "" {
		lines := strings.SplitN(cutBytes(n.text, limit), "\n", teamsLines)
		lines[len(lines)-1] = line(lines[len(lines)-1]) // those beyond the last are joined to it
		for i, text := range lines {
			spacing := "none"
			if i == 0 {
				spacing = "medium"
			}
			card.Body = append(card.Body, teamsWords(teamsRun{Text: text}, spacing))
		}
	}
	for _, l := range n.links {
		card.Actions = append(card.Actions, teamsAction{"Action.OpenUrl", l.Title, l.URL})
	}
	return teams{"message", []teamsAttachment{{"application/vnd.microsoft.card.adaptive", card}}}
}

func teamsWords(run teamsRun, spacing string) teamsLine {
	run.Type = "TextRun"
	if run.Text == "" {
		run.Text = " " // a run without text is refused
	}
	return teamsLine{"RichTextBlock", spacing, []teamsRun{run}}
}
