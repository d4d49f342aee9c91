# 设计系统的用语，供所有程序使用。

just-now = 刚刚
seconds-ago = { $count } 秒前
minutes-ago = { $count } 分钟前
hours-ago = { $count } 小时前
days-ago = { $count } 天前

copy-as-command = 复制为命令

# 没有响应的树（服务）。$what 是路径，$since 是时间。
unreachable-title = 无法连接 { $what }
unreachable-since = 自 { $since } 起没有响应。恢复后数据会自动重新显示。
unreachable-never = 尚未响应。响应后数据会自动显示。
