# 面板：存储、同步、子系统。

storage = 存储
sync = 同步
subsystems = 子系统

## 所有面板

asking = 正在查询……
refused = 指令被拒绝
understood = 知道了
cancel = 取消
needs-mirror = 此操作需要镜像服务，但它没有响应。
restart-mirror = 重启镜像服务
start-mirror = 启动镜像服务
mirror-stopped = 镜像服务已被停止。
mirror-starting = 镜像服务正在启动。
mirror-stopping = 镜像服务正在停止。
mirror-again = 镜像服务已退出（{ $cause }），将于 { $at } 重新启动。
mirror-failed = 镜像服务失败：{ $cause }。

## 存储

new-space = 新建空间
space-name = 空间名称
create = 创建
name-not-free = 空间名称不能与已有空间重复，不能含斜杠，也不能以点开头。
disk = 镜像所在磁盘
free = 可用 { $size }
disk-used = 磁盘已用 { $share }
disk-note = 已用 { $used }，共 { $total } · 测于 { $when }
data = 你的数据
files = { $count ->
   *[other] { $shown } 个文件
}
last-change = 最近更改于 { $when }
no-change-yet = 尚未写入任何内容
spaces = 空间
no-spaces = 还没有空间
no-spaces-hint = 空间用来存放一起保存、共享和恢复的文件。新建一个即可开始。
listing = 正在列出……
not-listed = 无法列出此文件夹
folder-empty = 此文件夹为空
folder-empty-hint = 放入文件：goblin put 文件 { $path }/
name = 名称
size = 大小
changed = 更改时间

## 同步

last-change-was = 最近更改于 { $when }
in-touch = 自 { $since } 起与镜像保持联系
activity = 动态
activity-until = 截至 { $when } 的动态
all-spaces = 所有空间
changes = { $count ->
   *[other] { $shown } 次更改
}
no-activity = 还没有任何动态
no-activity-hint = 每次写入、重命名或删除文件，都会即时列在这里，并注明是谁所为。
did-create = 新建
did-change = 修改
did-folder = 新建文件夹
did-rename = 重命名
did-remove = 删除
did-space = 新建空间
did-end-space = 删除空间
by = { $user }
by-program = { $user } 使用 { $program }

## 子系统

state-stopped = 已停止
state-waiting = 等待中
state-starting = 正在启动
state-running = 运行中
state-stopping = 正在停止
state-backoff = 已退出，即将重新启动
state-failed = 失败
state-since = { $state } · { $since }
waiting-for = { $state }：{ $what }
again-at = { $state }（{ $at }）
start = 启动
stop = 停止
restart = 重启
runs-already = 已在运行。
runs-not = 未在运行。
order-under-way = 正在执行指令。
process = 进程
no-process = 无
since = 始于
restarts = 重启次数
starts = 启动方式
on-demand = 按需
with-session = 随会话
last-failure = 上次故障（已恢复）
failed-at = { $when }：{ $cause }
last-words = 最后输出：{ $line }
log = 日志
nothing-runs = 没有子系统
nothing-runs-hint = 此会话的管理程序启动时没有任何子系统。
log-of = { $name } 的日志
