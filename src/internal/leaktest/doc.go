// Package leaktest finds, for tests, the resources that a process keeps: those that tests leave
// behind ([Run]), those that grow with each opening ([Measure]), and memory ([PeakResident],
// [Allocated]).
package leaktest
