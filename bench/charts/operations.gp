set title "Cost of a call: processor time of the backend"
set ylabel "µs"
set style data histogram
set style histogram clustered gap 1
set boxwidth 0.9
set xtics rotate by -35 noenhanced
set rmargin 9
set yrange [0:*]
plot $operations using 2:xtic(1) lc rgb ours title "extension", \
     $operations using 3 lc rgb theirs title "peer", \
     $operations using 4 lc rgb plain title "bare statements"
