package badge

// Widths of characters at 11 pixels in the sans-serif fonts that viewers use,
// by class, in tenths of a pixel. The text is drawn to the length that was worked
// out, so a font that differs is squeezed and never runs over the edge.
var widths = []struct {
	chars string
	width int
}{
	{"ijl'|!.,:;", 36}, {" It[]()/f\"-`·", 43}, {"r", 47}, {"sczJ*?_", 58}, {"xvkyeaLF", 66}, {"o0123456789bdghnpqu$TEP", 70},
	{"ABCKSVXYZR+<>=~^#", 76}, {"UGHOQDN&", 84}, {"Mw", 93}, {"mW%@", 110},
}

// wide is the width of a character that is not in the table.
const wide = 120

// width of a text at 11 pixels, in pixels, rounded up.
func width(text string) int {
	table := map[rune]int{}
	for _, class := range widths {
		for _, r := range class.chars {
			table[r] = class.width
		}
	}
	sum := 0
	for _, r := range text {
		if w, ok := table[r]; ok {
			sum += w
		} else {
			sum += wide
		}
	}
	return (sum + 9) / 10
}
