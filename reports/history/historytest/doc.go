// Package historytest makes folders of runs whose truth is known: which ended
// how, how long recoveries really took, how far the measurement is from it.
package historytest
