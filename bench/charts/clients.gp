set terminal svg size 960,640 font "sans-serif,13" background "white" dynamic
set multiplot layout 2,2 title "Transactions a second of all clients together"
set logscale x 2
set xlabel "clients"
set yrange [0:*]
set style data linespoints
do for [i = 0:3] {
    set title value(sprintf("title%d", i)) noenhanced
    # a loop cannot name a block
    eval sprintf('plot $clients%d using 1:2 lw 2 pt 7 ps 0.6 lc rgb ours title "extension", '. \
                 '     $clients%d using 1:3 lw 2 pt 7 ps 0.6 lc rgb theirs title "peer"', i, i)
}
unset multiplot
