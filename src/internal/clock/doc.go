// Package clock carries the times of devices over to ROS time.
//
// Devices stamp on CLOCK_MONOTONIC, ROS stamps with the system's time. [System]
// converts, with an offset taken for each call, so that stamps follow NTP's
// corrections and do not creep away from it.
//
// # Steps of the system's clock
//
// NTP slews both clocks alike, and stamps follow. A step, as by an NTP client at its start,
// changes the system's time alone, and [Stamps] decides:
//
//   - Forward: stamps follow at once.
//   - Back by a second at most ([StepBound]), a leap second too: stamps of one
//     topic go on from the last one in steps of a nanosecond, until the system's
//     time has caught up.
//   - Back by more, at once or in small steps that add up faster than time
//     passes: stamps follow, as they would be wrong for as long otherwise. Such steps are
//     counted and reported, since a recording's stamps then overlap.
//
// Durations, of devices, timers and limits, are measured on CLOCK_MONOTONIC, which has no
// steps.
//
// # The sample clock
//
// A sound card counts audio frames with a crystal of its own. Only the arrivals of its
// periods tell the time, and the scheduler makes them late. Lateness is one-sided: a period
// never arrives before its last frame was acquired. [SampleClock] therefore takes the line
// from frame index to time that lies below all arrivals of the last 150 s and closest to
// them: an edge of their lower convex hull. It follows the periods that were hardly late,
// whatever the lateness of the others.
//
// ALSA reports the audio frames that wait behind a period when it is taken. An arrival is then
// that of the last audio frame that waits, and neither the thread's lateness nor the rest of a
// USB packet in which the period has ended is in it: a webcam's sound is stamped to 0.1 ms from
// its first second on (test/devices/test_webcam_clock.py).
//
// It was chosen over three others by simulation, with 44100 Hz in periods of
// 441 frames, 20 seeds, and cards whose periods arrive
//   - 0…20 ms late, uniformly, in any order, at +200 ppm;
//   - the same, but no period overtaking another, at −200 ppm;
//   - late by 3 ms on average, exponentially, and one in 3000 by 0.3 s, +37 ppm;
//   - five at once each 50 ms, plus 0.5 ms exponentially, at −80 ppm;
//   - as the first, the rate rising from 15 to 20 ppm with a time constant of
//     300 s as a crystal warms up.
//
// Below is the error of the newest period's stamp: its mean over the seeds ±
// its standard deviation, both in µs, and the largest error of the rate in ppm.
//
//	lateness             estimator          after 10 s          after 60 s          after 300 s         after 600 s
//	0…20 ms              counting            13583 ±  5001 200   23583 ±  5001 200   71581 ±  5001 200  131581 ±  5001 200
//	                     delay-locked loop    9992 ±   420 139    9982 ±   115 7.5    9984 ±    66 1.6   10013 ±    82 1.9
//	                     least squares       10005 ±   378 121    9999 ±   107 6.7    9985 ±    58 0.7   10010 ±    51 0.4
//	                     lower hull             17 ±    47  23       9 ±     7 0.3       3 ±     6 0.2       4 ±     4 0.1
//	0…20 ms, in order    counting             9585 ±  5001 200    -415 ±  5001 200  -48415 ±  5001 200 -108415 ±  5001 200
//	                     delay-locked loop   10407 ±   410 147   10403 ±   104 6.3   10396 ±    66 1.9   10430 ±    85 1.9
//	                     least squares       10419 ±   360  94   10420 ±    96 5.0   10399 ±    58 0.8   10427 ±    55 0.5
//	                     lower hull             60 ±    92  23       9 ±    17 2.6       4 ±    13 0.3       8 ±     9 0.3
//	exponential, stalls  counting             3829 ±  3818  37    5679 ±  3818  37   14559 ±  3818  37   25659 ±  3818  37
//	                     delay-locked loop    2585 ±  4105 4420   4318 ±  2130 164    4549 ±   892  20    4631 ±  1231  37
//	                     least squares        3242 ±  3172 2194   4291 ±  2266 174    4602 ±   805  16    4572 ±   900 8.5
//	                     lower hull              5 ±     6 2.0       1 ±     2 0.2       0 ±     1 0.0       0 ±     1 0.0
//	five at once         counting            39777 ±   636  80   35777 ±   636  80   16577 ±   636  80   -7423 ±   636  80
//	                     delay-locked loop   20716 ±    77  55   20845 ±    28 3.4   20872 ±    17 0.4   20872 ±    14 0.3
//	                     least squares       20742 ±    79  47   20851 ±    27 2.3   20870 ±    14 0.2   20870 ±    11 0.1
//	                     lower hull            233 ±    68  36     167 ±    40 3.7     122 ±    43 1.3     128 ±    54 2.4
//	warming up           counting            11734 ±  5001  15   12511 ±  5001  16   16635 ±  5001  18   22286 ±  5001  19
//	                     delay-locked loop    9992 ±   420 138    9986 ±   116 7.2   10008 ±    65 2.0   10021 ±    83 1.9
//	                     least squares       10005 ±   378 121   10003 ±   108 7.0   10029 ±    58 1.8   10068 ±    52 1.2
//	                     lower hull             18 ±    47  23      12 ±     7 0.8      13 ±     8 0.7       8 ±     4 0.3
//
// counting takes the first arrival and the nominal rate; the delay-locked loop
// is that of F. Adriaensen, "Using a DLL to filter time" (2005), with a
// bandwidth falling from 1 Hz to 3 mHz; least squares forgets with a time
// constant of 150 s. All three are late by the mean lateness, which is unknown to them; the
// hull estimates it ([SampleClock.Lateness]). The least lateness remains, the latency of
// converters, buses and sound server, which arrivals do not show.
//
// TestLowerHullIsBest makes the table.
package clock
