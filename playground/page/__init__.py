"""The playground in the browser: the local Slack as each of its people sees it."""
