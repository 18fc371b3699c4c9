"""What a recipient list is told, decided and put into words; pure, sends nothing.

period   which day and period is due by the list's schedule, in its time zone
gather   store rows -> `DigestStory`
select   `choose`: filters, folds clusters, leaves out what was told before, ranks, keeps it diverse
headlines  what is told in another language: the cluster's headline in the reader's, or a translator's
page     `DigestContent` -> `Page`: every line that will be read, once, for HTML and text alike
render   `render_digest`, `render_safely`: HTML with inlined CSS, plain text, chart, subject
"""
