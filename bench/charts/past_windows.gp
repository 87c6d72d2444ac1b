set title "Past windows of the code: processor time of a call"
set xlabel "past windows"
set ylabel "µs"
set logscale xy
set format x "%.0f"
set format y "%.0f"
set xrange [0.8:*]
set style data linespoints
plot $windows using 1:2 lw 2 pt 7 ps 0.6 lc rgb ours title "create, extension", \
     $windows using 1:3 lw 2 pt 7 ps 0.6 lc rgb theirs title "create, peer", \
     $windows using 1:4 lw 2 dt 2 pt 5 ps 0.6 lc rgb ours title "check, extension", \
     $windows using 1:5 lw 2 dt 2 pt 5 ps 0.6 lc rgb theirs title "check, peer"
