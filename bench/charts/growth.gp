set title "Growth: cost of a call at ".big." credentials, that at ".small." being 1"
set style data histogram
set style histogram clustered gap 1
set boxwidth 0.9
set xtics rotate by -35 noenhanced
set rmargin 9
set yrange [0:*]
set arrow from graph 0, first 1.3 to graph 1, first 1.3 nohead dt 2 lc rgb "#404040" front
set label "goal: 1.3" at graph 1.005, first 1.3 left front
plot $growth using 2:xtic(1) lc rgb ours title "extension", \
     $growth using 3 lc rgb plain title "bare statements"
