// Package figure draws what a run looks like: the timeline, the recovery
// waterfall, the bars of objectives, the accounting, trends.
//
// A [Figure] is drawn on a [Canvas], of which there is one for HTML (SVG) and one
// for PDF: the same picture in both. It is pure: it measures nothing and judges
// nothing. A figure never relies on colour alone: every state has its own
// pattern, dash or shape too, and can be told apart in grey. What was not
// observed is drawn as such, hatched, and never as good.
//
// Lengths are points (1/72 inch) of the figure's own plane, from its top left
// corner; y points down. Figures are [Wide], for a page on its side, or [Narrow],
// for a column of text; letters are 9 points or more in both.
//
// No word is drawn over another, beyond the figure or beyond the part that it is
// in. One that has no room is cut, or left out where the label of its group says
// it. Numbers may be anything: what is not one, or far out, is drawn at an edge
// or not at all.
package figure
