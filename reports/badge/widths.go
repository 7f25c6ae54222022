package badge

// Widths of characters at 11 pixels in the sans-serif fonts that viewers use,
// by class, in tenths of a pixel. The text is drawn to the length that was worked
// out, so a font that differs is squeezed and never runs over the edge.
var widths = []struct {
	chars string
	width int
}{
	{"ijl'|!.,:;", 33}, {" It[]()/f\"-`", 42}, {"r", 47}, {"sczJ*?x_kvy", 59}, {"aeo0123456789bdghnpquLF$#T", 69},
	{"ABCDEKPSUVXYZR+<>=~^", 76}, {"GHNOQ&w·", 84}, {"mM%@W", 108},
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
