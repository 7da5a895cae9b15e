# /etc/cron.d/kivitendo-jobs: kivitendo's background jobs, looked after every minute.
#
# Run as the web server's user, who owns kivitendo's users/ directory; never as root.
# Put the directory of your kivitendo behind -C.
#
# cron mails every line that is printed.  Without -v a run prints only what is wrong, and what has
# become right again: a job that failed; a database that cannot be reached, once when it begins, once
# a day while it lasts, and when it is back.  A run that is still at work when the next minute comes
# is no error: the new one ends at once.
#
# PATH is what jobs that start programs will find.

MAILTO=root
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

* * * * *  www-data  task-server -C /var/www/kivitendo-erp run
