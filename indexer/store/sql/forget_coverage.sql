DELETE FROM coverage c
WHERE $every OR EXISTS (
    FROM session_list l
    WHERE l.source = c.source
        AND (l.service, l.channel, l.sid, l.uid) IS NOT DISTINCT FROM (c.service, c.channel, c.sid, c.uid)
)
