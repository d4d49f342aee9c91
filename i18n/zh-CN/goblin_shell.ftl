# 外壳：顶栏、启动器、通知。

launcher = 应用程序
close-window = 关闭“{ $title }”
window-untitled = 无标题窗口
desktop-lost = 自 { $since } 起无法获知窗口

# 顶栏的状态灯。$since 是时间，$name 是部件的名称。
mirror = 镜像
mirror-starting = 镜像正在启动
mirror-stopped = 镜像已停止
mirror-down = 镜像自 { $since } 起无响应
mirror-unknown = 镜像状态未知
subsystems = 子系统
subsystems-starting = 子系统：{ $name }正在启动
subsystems-failed = 子系统：{ $name }出现故障
subsystems-down = 子系统自 { $since } 起无响应
subsystems-unknown = 子系统状态未知
part-desktop = 桌面
part-shell = 外壳
part-panels = 面板
part-bus = 消息总线

# 启动器。
search-hint = 搜索
panel-storage = 存储
panel-storage-note = 镜像的空间、文件和剩余容量
panel-sync = 同步
panel-sync-note = 谁在何时写入了什么
panel-subsystems = 子系统
panel-subsystems-note = 正在运行的部件：启动、停止、日志
nothing-found = 没有名为“{ $text }”的项目
nothing-found-hint = 可以少输入几个字，或换一个描述用途的词。
reading-apps = 正在查找已安装的应用程序…

# goblin 自己的通知。$name 是部件的名称，$cause 是一行原因。
close-notification = 关闭通知
critical = 重要
question = 询问
open-subsystems = 查看子系统
part-restarting = { $name }已停止，正在重新启动
part-failed = { $name }出现故障，不再自动启动
part-back = { $name }已恢复运行
part-back-after = 此前停止的原因：{ $cause }
mirror-lost = 镜像没有响应
mirror-lost-hint = 您的文件是安全的；镜像恢复后即可再次读取。
mirror-back = 镜像已恢复响应
config-fault = 配置文件有错误，仍按原先的配置运行
order-failed = 操作未能完成
cannot-start = 无法启动{ $name }：{ $cause }
cannot-window = 无法更改窗口：{ $cause }
cannot-panel = 无法打开{ $name }：{ $cause }

# 要从一个域传到另一个域的选择内容。$from 是来源，$to 是请求方，二者均为下面两项之一。$what 是数据种类的列表。
domain-board = 本机
domain-subsystem = “{ $name }”
selection-clipboard = { $to }请求粘贴{ $from }的内容
selection-primary = { $to }请求读取{ $from }中选中的内容
selection-drag = 有内容从{ $from }拖入{ $to }
selection-what = { $what }
selection-hint = “始终允许”在本次会话内有效；不回答则不会传送任何内容。
selection-hint-drag = 允许后请再拖一次。“始终允许”在本次会话内有效。
selection-once = 允许一次
selection-allow = 始终允许
selection-deny = 拒绝
list-comma = 、
type-text = 文本
type-html = 带格式文本
type-image = 图片
type-files = 文件名
cannot-answer = 答复未被接受：{ $cause }
