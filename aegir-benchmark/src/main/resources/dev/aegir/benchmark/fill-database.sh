# SPDX-License-Identifier: Apache-2.0
# Four tables that are as many megabytes as are wanted when they are dumped. $1 the database, $2 how many.
rows=$(($2 * 1000000 / 4 / 500))
for t in 0 1 2 3; do
    cat <<SQL
CREATE TABLE t$t (id INT PRIMARY KEY, title VARCHAR(64), body TEXT, at DATETIME, KEY (title));
INSERT INTO t$t SELECT seq, MD5(seq + $t), CONCAT_WS(' ', SHA2(seq, 512), REPEAT(CONCAT(LEFT(MD5(seq), 9), ' and '), 10),
    SHA2(seq + 7, 512), 'something that people write in many of their pages'), '2026-01-01' + INTERVAL seq SECOND
    FROM seq_1_to_$rows;
SQL
done | mariadb "$1"
