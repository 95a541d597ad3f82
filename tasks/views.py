from django.http import HttpResponse


def queue(request):
    return HttpResponse("")


def task(request, reference):
    return HttpResponse("")
