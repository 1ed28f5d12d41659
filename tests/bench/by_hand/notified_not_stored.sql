SELECT n.*
FROM notifications n
ANTI JOIN screenshots s ON s.key = n.object_key
